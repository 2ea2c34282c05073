# The application that the FastAPI recipe is pasted into.
import socket

import uvicorn
from fastapi import FastAPI, Request, Response

""" RECIPE """
app = FastAPI()


@app.middleware("http")
async def authenticate(request, call_next):
    if request.url.path == "/private":
        return Response("who are you?", 401)
    return await call_next(request)


@app.api_route("/items", methods=["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def items(request: Request):
    name = "X-Plain" if request.method == "OPTIONS" else "X-Total"
    return Response("[]", headers={name: "yes", "Access-Control-Allow-Origin": "https://own.example"})


@app.get("/500")
def fail():
    raise RuntimeError("as it should")


""" WRAP """
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen()
print("PORT", listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listening])
