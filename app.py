"""Mesa's composition root: the Chalice app and its doors. No logic lives here."""

from chalice import Chalice

from chalicelib.api import authorizer, health

app = Chalice(app_name="mesa")
app.register_blueprint(authorizer.bp)
app.register_blueprint(health.routes.blueprint)
