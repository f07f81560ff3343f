#!/bin/bash
# Classifies files and folders with curl, through the gateway. See README.md
# beside this folder. Answers are taken apart with Python, as jq would do it.
set -euo pipefail

gateway="${WANWU_GATEWAY:-http://127.0.0.1:8501}"
deadline="${WANWU_DEADLINE:-10}" # seconds
# The most that go with one request; more are sent with the next.
in_flight="${WANWU_IN_FLIGHT:-16}"

answer="$(mktemp)"
trap 'rm -f "$answer"' EXIT

# Leaves the answer in that file, since curl would print those of all attempts.
ask() {
  # Asks again after 429 and 503, when Retry-After says so.
  curl --silent --show-error --output "$answer" \
    --retry 3 --max-time "$deadline" \
    ${WANWU_CA_FILE:+--cacert "$WANWU_CA_FILE"} \
    -H "X-Request-Timeout-Ms: $((deadline * 1000))" "$@"
}

# One JSON document a line; $1 names those without an id.
print_answers() {
  python3 -c '
import json, sys
for line in open(sys.argv[2]):
    document = json.loads(line)
    name = document.get("id", sys.argv[1])
    if error := document.get("error"):
        details = {each["@type"].rpartition(".")[2]: each
                   for each in error.get("details", ())}
        reason = details.get("ErrorInfo", {}).get("reason", "-")
        delay = details.get("RetryInfo", {}).get("retryDelay", "-")
        retry = delay if delay == "-" else f"{float(delay[:-1]):.3f}"
        status, message = error["status"], error["message"]
        print(name, "error", status, reason, retry, message, sep="\t")
    else:
        best = document.get("response", document)["classifications"][0]
        print(name, best["label"], "%.4f" % best["probability"], sep="\t")
' "$1" "$answer"
}

classify_file() {
  ask --data-binary "@$1" "$gateway/v1/classify?top_k=1"
  print_answers "$(basename "$1")"
}

classify_folder() {
  local files=("$1"/*) form file
  while [ ${#files[@]} -gt 0 ]; do
    form=()
    for file in "${files[@]:0:$in_flight}"; do form+=(-F "file=@$file"); done
    ask -H 'Accept: application/x-ndjson' "${form[@]}" \
      "$gateway/v1/classify?top_k=1"
    print_answers "$(basename "$1")"
    files=("${files[@]:$in_flight}")
  done
}

for path; do
  if [ -d "$path" ]; then classify_folder "$path"; else classify_file "$path"; fi
done
