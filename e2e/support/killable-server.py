"""python3 killable-server.py PORT: what killed-server.ts asks, on the standard library's http.server."""

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        item = int(self.path.split("/")[2])
        body = (f"{item:07}\n" * 3000).encode()
        self.send_response(200)
        if item % 2 == 0:
            self.send_header("content-length", str(len(body)))
        else:
            self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for half in (body[:12000], body[12000:]):
            if item % 2 == 0:
                self.wfile.write(half)
            else:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(half), half))
            time.sleep(0.005)
        if item % 2 == 1:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
