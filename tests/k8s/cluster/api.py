"""Calls to an API server, and waiting by watches."""

import http.client
import json
import ssl
import time

PATCH = "application/merge-patch+json"


class ApiError(Exception):
    def __init__(self, code, body):
        super().__init__(f"{code}: {body}")
        self.code = code


class Api:
    def __init__(self, host, port, ca_file, token):
        self.address = host, port
        self.ca_file = ca_file
        self.headers = {"Authorization": f"Bearer {token}",
                        "Accept": "application/json"}

    def _connect(self, timeout):
        context = ssl.create_default_context(cafile=self.ca_file)
        return http.client.HTTPSConnection(*self.address, context=context,
                                           timeout=timeout)

    def ask(self, method, path, body=None, content="application/json"):
        """Code and text, whatever they are."""
        connection = self._connect(60)
        try:
            connection.request(
                method, path, None if body is None else json.dumps(body),
                {**self.headers, "Content-Type": content})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def call(self, method, path, body=None, content="application/json"):
        code, text = self.ask(method, path, body, content)
        if code >= 300:
            raise ApiError(code, text)
        return json.loads(text)

    def get(self, path):
        return self.call("GET", path)

    def patch(self, path, body):
        return self.call("PATCH", path, body, PATCH)

    def events(self, path, version, seconds):
        """Each state of the objects of a list, from a version on."""
        until = time.monotonic() + seconds
        connection = self._connect(seconds + 5)
        try:
            mark = "&" if "?" in path else "?"
            connection.request(
                "GET", f"{path}{mark}watch=true&resourceVersion={version}"
                f"&timeoutSeconds={int(seconds)}", headers=self.headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            for line in answer:
                event = json.loads(line)
                assert event["type"] != "ERROR", event
                yield event["type"], event["object"]
                if time.monotonic() > until:
                    return
        finally:
            connection.close()

    def wait(self, path, condition, seconds=120):
        """The objects of a list, once `condition` holds of them all."""
        listed = self.get(path)
        found = {item["metadata"]["name"]: item for item in listed["items"]}
        if condition(list(found.values())):
            return list(found.values())
        version = listed["metadata"]["resourceVersion"]
        for kind, item in self.events(path, version, seconds):
            if kind == "DELETED":
                found.pop(item["metadata"]["name"], None)
            else:
                found[item["metadata"]["name"]] = item
            if condition(list(found.values())):
                return list(found.values())
        raise AssertionError(f"not within {seconds} s: {path}: " + "; ".join(
            f"{name}: {json.dumps(item.get('status'))}"
            for name, item in found.items())[:4000])
