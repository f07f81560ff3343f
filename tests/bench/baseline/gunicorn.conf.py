"""Two processes of four threads, as on two cores throughput is best."""

wsgi_app = "flask_service:app"
worker_class = "gthread"
workers = 2
threads = 4
keepalive = 75
# The benchmark stops services while others are measured; Gunicorn would take
# its processes for hung.
timeout = 0
