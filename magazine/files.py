"""Static files and pictures, served by one middleware: WhiteNoise's methods, ETags and ranges."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from whitenoise.base import MissingFileError
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from articles.renditions import STORED_NAME

# Also those of magazine/deploy/nginx.conf; a test holds the two equal.
PICTURE_HEADERS = {
    # Opened as a page of its own it loads and runs nothing, whatever a browser takes it for.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Mails, feeds and shared links show our pictures on other sites.
    "Cross-Origin-Resource-Policy": "cross-origin",
    # A name is never used for other bytes.
    "Cache-Control": "public, max-age=31536000, immutable",
}


class FilesMiddleware(WhiteNoiseMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        picture = self.picture(request.path_info)
        if picture is None:
            return super().__call__(request)
        response = self.serve(picture, request)
        for name, value in PICTURE_HEADERS.items():
            response.headers[name] = value
        return response

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Answer in one piece: with a body in many, a slow reader keeps a thread of the server."""
        answer = static_file.get_response(request.method, request.META)
        response = HttpResponse(status=int(answer.status))
        del response.headers["Content-Type"]
        for name, value in answer.headers:
            response.headers[name] = value
        if answer.file is not None:
            with answer.file:
                response.content = answer.file.read()
        return response

    def picture(self, url: str) -> StaticFile | None:
        """Return a file of the storage whose name and type are ours; None for all others."""
        name = url.removeprefix(settings.MEDIA_URL)
        if name == url or not STORED_NAME.fullmatch(name):
            return None
        try:
            return self.get_static_file(default_storage.path(name), url)
        except MissingFileError:
            return None
