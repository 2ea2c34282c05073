# The application that the Django recipe is pasted into: settings and views in one file.
import logging
from wsgiref.simple_server import WSGIRequestHandler, make_server

INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "__main__.authenticate"]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "__main__"
SECRET_KEY = "of a test"
""" RECIPE """
import django
from django.conf import settings

settings.configure(**{name: value for name, value in dict(globals()).items() if name.isupper()})
django.setup()
logging.disable(logging.CRITICAL)

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET


def authenticate(get_response):
    def answer(request):
        if request.path == "/private" and "Authorization" not in request.headers:
            return HttpResponse("who are you?", status=401)
        return get_response(request)

    return answer


def items(request):
    is_options = request.method == "OPTIONS"
    return HttpResponse("[]", headers={"X-Plain": "yes"} if is_options else {"X-Total": "3", "X-Own": "4"})


def own(request):
    headers = {
        "Access-Control-Allow-Origin": "https://own.example",
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Accept-Encoding",
    }
    return HttpResponse("own", headers=headers)


def fail(request):
    raise RuntimeError("as it should")


urlpatterns = [
    path("items", items),
    path("private", items),
    path("own", own),
    path("405", require_GET(items)),
    path("500", fail),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
print("PORT", server.server_port, flush=True)
server.serve_forever()
