# The application that the Flask recipe is pasted into.
from flask import Flask, Response, request
from werkzeug.serving import make_server

""" RECIPE """
app = Flask(__name__)


@app.before_request
def authenticate():
    if request.path == "/private" and "Authorization" not in request.headers:
        return "who are you?", 401


@app.route("/private")
@app.route("/items", methods=["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def items():
    is_options = request.method == "OPTIONS"
    return Response("[]", headers={"X-Plain": "yes"} if is_options else {"X-Total": "3", "X-Own": "4"})


@app.route("/own")
def own():
    headers = {
        "Access-Control-Allow-Origin": "https://own.example",
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Accept-Encoding",
    }
    return Response("own", headers=headers)


@app.get("/405")
def only_get():
    return "yes"


@app.get("/500")
def fail():
    raise RuntimeError("as it should")


""" WRAP """
server = make_server("127.0.0.1", 0, app)
print("PORT", server.server_port, flush=True)
server.serve_forever()
