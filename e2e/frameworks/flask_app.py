# The application that the Flask recipe is pasted into.
from flask import Flask, Response, request
from werkzeug.serving import make_server

""" RECIPE """
app = Flask(__name__)


@app.before_request
def authenticate():
    if request.path == "/private":
        return "who are you?", 401


@app.route("/items", methods=["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def items():
    name = "X-Plain" if request.method == "OPTIONS" else "X-Total"
    return Response("[]", headers={name: "yes", "Access-Control-Allow-Origin": "https://own.example"})


@app.get("/500")
def fail():
    raise RuntimeError("as it should")


""" WRAP """
server = make_server("127.0.0.1", 0, app)
print("PORT", server.server_port, flush=True)
server.serve_forever()
