"""Mesa's composition root: the Chalice app and its doors. No logic lives here."""

from chalice import Chalice

from chalicelib.api import authorizer, comments, health, ticket_verbs, tickets

app = Chalice(app_name="mesa")
app.register_blueprint(authorizer.bp)
app.register_blueprint(health.routes.blueprint)
app.register_blueprint(tickets.routes.blueprint)
app.register_blueprint(ticket_verbs.routes.blueprint)
app.register_blueprint(comments.routes.blueprint)
