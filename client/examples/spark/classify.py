"""Classifies the pictures of a folder with PySpark and the Python client.

    spark-submit classify.py HOST:PORT FOLDER RESULT

writes a Parquet table of path, label, probability and error.
"""

import sys

import pandas as pd
from pyspark.sql import SparkSession

import wanwu

# Of each task: what its stream holds, and how many rows go on at a time.
IN_FLIGHT = 16
ROWS = 256
SCHEMA = "path string, label string, probability float, error string"


def row_of(answer):
    path = answer.picture.path
    if answer.error is not None:
        return path, None, None, str(answer.error)
    best = answer.result.top
    return path, best.label, best.probability, None


def classifier(address):
    """Runs in the workers: one connection and one stream for a partition."""

    def classify(batches):
        rows = (row for batch in batches for row in batch.itertuples())
        with wanwu.Client(address) as client:
            answers = client.classify_all(
                rows, picture_of=lambda row: row.content, in_flight=IN_FLIGHT,
                top_k=1, priority="bulk")
            made = []
            for answer in answers:
                made.append(row_of(answer))
                if len(made) == ROWS:
                    yield pd.DataFrame(made, columns=COLUMNS)
                    made = []
            yield pd.DataFrame(made, columns=COLUMNS)

    return classify


COLUMNS = ["path", "label", "probability", "error"]


def main(address, folder, result):
    spark = SparkSession.builder.appName("wanwu").config(
        # Pictures are large rows: few of them at a time.
        "spark.sql.execution.arrow.maxRecordsPerBatch", 64).getOrCreate()
    files = spark.read.format("binaryFile").load(folder)
    table = files.select("path", "content").mapInPandas(
        classifier(address), SCHEMA)
    table.write.mode("overwrite").parquet(result)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
