import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magazine.settings")

application = get_wsgi_application()

# What was loaded until now stays for ever, and a page makes thousands of objects that are gone with
# it: looking through all of them again and again took a sixth of the time of a page.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
