package wanwu.example;

import static io.grpc.stub.ClientCalls.asyncBidiStreamingCall;
import static io.grpc.stub.ClientCalls.blockingUnaryCall;
import static wanwu.v1.ImageClassifierOuterClass.ClassifyBatchRequest;
import static wanwu.v1.ImageClassifierOuterClass.ClassifyBatchResponse;
import static wanwu.v1.ImageClassifierOuterClass.ClassifyRequest;
import static wanwu.v1.ImageClassifierOuterClass.ClassifyResponse;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Classifies files and folders. See README.md beside this folder. */
public final class Classify {
  private static final int DEADLINE_SECONDS =
      Integer.parseInt(Connection.setting("WANWU_DEADLINE", "10"));
  private static final int IN_FLIGHT =
      Integer.parseInt(Connection.setting("WANWU_IN_FLIGHT", "16"));

  private Classify() {}

  public static void main(String[] arguments) throws Exception {
    ManagedChannel channel = Connection.open();
    for (String argument : arguments) {
      Path path = Path.of(argument);
      if (Files.isDirectory(path)) {
        classifyFolder(channel, path);
      } else {
        classifyFile(channel, path);
      }
    }
    channel.shutdown().awaitTermination(1, TimeUnit.SECONDS);
  }

  private static CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(
        DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static ClassifyRequest requestOf(Path file) throws IOException {
    ByteString image = ByteString.copyFrom(Files.readAllBytes(file));
    return ClassifyRequest.newBuilder().setImage(image).build();
  }

  private static void classifyFile(ManagedChannel channel, Path file)
      throws IOException {
    String name = file.getFileName().toString();
    try {
      printAnswer(name, blockingUnaryCall(
          channel, Methods.CLASSIFY, options(), requestOf(file)));
    } catch (StatusRuntimeException error) {
      printError(name, StatusProto.fromThrowable(error));
    }
  }

  /** One stream, in which IN_FLIGHT pictures are unanswered at most. */
  private static void classifyFolder(ManagedChannel channel, Path folder)
      throws Exception {
    Answers answers = new Answers(folder.getFileName().toString());
    StreamObserver<ClassifyBatchRequest> requests = asyncBidiStreamingCall(
        channel.newCall(Methods.CLASSIFY_BATCH, options()), answers);
    List<Path> files;
    try (var listed = Files.list(folder)) {
      files = listed.sorted().toList();
    }
    for (Path file : files) {
      answers.room.acquire();
      if (answers.ended.getCount() == 0) return;
      requests.onNext(ClassifyBatchRequest.newBuilder()
          .setId(file.getFileName().toString())
          .setRequest(requestOf(file))
          .build());
    }
    requests.onCompleted();
    answers.ended.await();
  }

  private static final class Answers
      implements StreamObserver<ClassifyBatchResponse> {
    final Semaphore room = new Semaphore(IN_FLIGHT);
    final CountDownLatch ended = new CountDownLatch(1);
    private final String folder;

    Answers(String folder) {
      this.folder = folder;
    }

    @Override
    public void onNext(ClassifyBatchResponse answer) {
      if (answer.hasError()) {
        printError(answer.getId(), answer.getError());
      } else {
        printAnswer(answer.getId(), answer.getResponse());
      }
      room.release();
    }

    @Override
    public void onError(Throwable error) {
      printError(folder, StatusProto.fromThrowable(error));
      onCompleted();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
      room.release(); // Whoever waits for room finds that it has ended.
    }
  }

  private static void printAnswer(String name, ClassifyResponse response) {
    var best = response.getClassifications(0);
    System.out.printf("%s\t%s\t%.4f%n", name, best.getLabel(),
        best.getProbability());
  }

  private static void printError(String name, Status status) {
    String reason = "-";
    String retry = "-";
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = detail.unpack(ErrorInfo.class).getReason();
        } else if (detail.is(RetryInfo.class)) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          retry = String.format(
              "%.3f", delay.getSeconds() + delay.getNanos() / 1e9);
        }
      }
    } catch (InvalidProtocolBufferException error) {
      reason = error.getMessage();
    }
    System.out.printf("%s\terror\t%s\t%s\t%s\t%s%n", name,
        Code.forNumber(status.getCode()), reason, retry, status.getMessage());
  }
}
