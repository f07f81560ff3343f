"""Answers kept for pictures that come again byte for byte."""

import datetime

import grpc
import pytest

import pictures
import tiny_packages
from calls import classify, classify_concurrently, classify_stream
from environment import PATIENCE
from operators_test import Scrape
from server_process import ServerProcess
from stubs import admin_pb2, oip_pb, oip_pb_grpc

FLAGS = ("--answer_cache_bytes=1MiB", "--repository_poll=0",
         "--admin_address=127.0.0.1:0")


@pytest.fixture(scope="module")
def encoded():
    return [each.encoded for each in pictures.generated_pictures(3)]


@pytest.fixture
def two_models(tmp_path):
    """Of two models."""
    folder = tmp_path / "models"
    tiny_packages.write(folder, 1, 40)
    tiny_packages.write(folder, 1, 60, name="other")
    return folder


@pytest.fixture
def caching(two_models, shared_state):
    server = ServerProcess(f"--model_repository={two_models}",
                           f"--state_dir={shared_state}",
                           f"--default_model={tiny_packages.NAME}", *FLAGS)
    yield server.wait_until_serving()
    server.close()


def test_the_second_answer_is_marked_and_the_same(caching, encoded):
    first = classify(caching.classifier, encoded[0])
    second = classify(caching.classifier, encoded[0])

    assert not first.cached
    assert second.cached
    assert second.classifications == first.classifications
    times = second.timings
    assert times.decode.ToTimedelta() == times.queue.ToTimedelta() == (
        times.inference.ToTimedelta()) == datetime.timedelta(0)
    assert times.batch_size == 0


def test_top_k_and_language_may_differ(caching, encoded):
    classify(caching.classifier, encoded[0], top_k=1)

    answer = classify(caching.classifier, encoded[0], top_k=7,
                      language_code="zh")

    assert answer.cached
    assert len(answer.classifications) == 7
    assert answer.classifications[0].label == "类40"


def test_another_model_has_its_own(caching, encoded):
    classify(caching.classifier, encoded[0])

    answer = classify(caching.classifier, encoded[0], model="other")

    assert not answer.cached
    assert answer.classifications[0].index == 60


def test_a_reload_never_serves_old_answers(caching, two_models, encoded):
    classify(caching.classifier, encoded[0])
    tiny_packages.write(two_models, 1, 50)
    caching.admin.LoadModel(
        admin_pb2.LoadModelRequest(model=tiny_packages.NAME),
        timeout=PATIENCE)

    answer = classify(caching.classifier, encoded[0])

    assert not answer.cached
    assert answer.classifications[0].index == 50


def test_pictures_of_a_stream_are_looked_for(caching, encoded):
    classify(caching.classifier, encoded[0])

    answers = classify_stream(caching.classifier, encoded[:2])

    assert [answer.cached for answer in answers] == [True, False]


def test_hits_and_misses_are_counted(caching, encoded):
    for picture in (*encoded, *encoded, encoded[0]):
        classify(caching.classifier, picture)

    scrape = Scrape(caching)

    assert scrape.sum("wanwu_answer_cache_misses_total") == 3
    assert scrape.sum("wanwu_answer_cache_hits_total") == 4
    assert scrape.sum("wanwu_answer_cache_answers") == 3
    assert scrape.sum("wanwu_answer_cache_evictions_total") == 0
    assert scrape.sum("wanwu_answer_cache_limit_bytes") == 1 << 20
    assert 0 < scrape.sum("wanwu_answer_cache_bytes") < 1 << 20
    # A hit is a request, and goes through no stage.
    assert scrape.ended(outcome="answered") == 7


def test_what_is_kept_is_bounded(two_models, shared_state, encoded):
    # For two answers of 100 classes.
    server = ServerProcess(f"--model_repository={two_models}",
                           f"--state_dir={shared_state}",
                           "--answer_cache_bytes=1600")
    try:
        server.wait_until_serving()
        for picture in encoded:
            classify(server.classifier, picture)

        scrape = Scrape(server)

        assert scrape.sum("wanwu_answer_cache_answers") == 2
        assert scrape.sum("wanwu_answer_cache_evictions_total") == 1
        assert not classify(server.classifier, encoded[0]).cached
    finally:
        server.close()


def test_pictures_of_one_open_inference_message_are_looked_for(caching,
                                                               encoded):
    classify(caching.classifier, encoded[0])
    stub = oip_pb_grpc.GRPCInferenceServiceStub(caching.channel)
    request = oip_pb.ModelInferRequest(model_name=tiny_packages.NAME)
    tensor = request.inputs.add(name="image", datatype="BYTES", shape=[3, 1])
    tensor.contents.bytes_contents.extend(encoded)

    answer = stub.ModelInfer(request, timeout=PATIENCE)

    assert list(answer.outputs[0].shape)[0] == 3
    stats = stub.ModelStatistics(
        oip_pb.ModelStatisticsRequest(name=tiny_packages.NAME),
        timeout=PATIENCE).model_stats[0].inference_stats
    assert (stats.cache_hit.count, stats.cache_miss.count) == (1, 3)
    assert stats.success.count == 4
    assert stats.compute_infer.count == 3


def test_the_gateway_passes_the_mark_on(caching, encoded, start_gateway):
    gateway = start_gateway(caching.address).wait_until_ready()

    answers = [gateway.classify(encoded[0]).json for _ in range(2)]

    assert [answer["cached"] for answer in answers] == [False, True]


def test_concurrent_identical_pictures_are_all_answered(caching, encoded):
    answers = classify_concurrently(caching.classifier, encoded * 50)

    assert {each.classifications[0].index for each in answers} == {40}
    assert any(each.cached for each in answers)


def test_broken_pictures_are_refused_each_time(caching):
    for _ in range(2):
        with pytest.raises(grpc.RpcError):
            classify(caching.classifier, b"\xff\xd8\xff broken")
    assert Scrape(caching).sum("wanwu_answer_cache_answers") == 0


def test_without_the_option_nothing_is_kept(server, encoded):
    for _ in range(2):
        assert not classify(server.classifier, encoded[0]).cached
