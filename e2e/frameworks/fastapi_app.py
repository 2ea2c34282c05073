# The application that the FastAPI recipe is pasted into.
import socket

import uvicorn
from fastapi import FastAPI, Request, Response

""" RECIPE """
app = FastAPI()


@app.middleware("http")
async def authenticate(request, call_next):
    if request.url.path == "/private" and "Authorization" not in request.headers:
        return Response("who are you?", 401)
    return await call_next(request)


@app.get("/private")
@app.api_route("/items", methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def items(request: Request):
    is_options = request.method == "OPTIONS"
    return Response("[]", headers={"X-Plain": "yes"} if is_options else {"X-Total": "3", "X-Own": "4"})


@app.get("/own")
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
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen()
print("PORT", listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listening])
