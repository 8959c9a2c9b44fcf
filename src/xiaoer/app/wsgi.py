"""What a WSGI server loads; whoever starts the server has started the database."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiaoer.app.settings")
application = get_wsgi_application()
