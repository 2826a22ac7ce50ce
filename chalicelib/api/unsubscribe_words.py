"""What the page says that ends mails about watched tickets. `{workspace}` and `{label}` are put in."""

WORDS = {
    "en": {
        "title": "End these messages?",
        "asked": "{workspace} sends you messages because you watch a ticket.",
        "this": "No more messages about {label}",
        "ended": "You get no more messages about this ticket.",
        "all": "No more messages about any ticket that I watch",
        "done_title": "Done",
        "done": "You get no more messages about this ticket.",
        "done_all": "{workspace} sends you no more messages about tickets that you watch.",
        "back": "If you want them back, tell the help desk.",
    },
    "es": {
        "title": "¿Dejar de recibir estos mensajes?",
        "asked": "{workspace} le envía mensajes porque sigue un tiquete.",
        "this": "No recibir más mensajes sobre {label}",
        "ended": "Ya no recibe mensajes sobre este tiquete.",
        "all": "No recibir más mensajes sobre ningún tiquete que sigo",
        "done_title": "Listo",
        "done": "Ya no recibe mensajes sobre este tiquete.",
        "done_all": "{workspace} ya no le envía mensajes sobre los tiquetes que sigue.",
        "back": "Si quiere volver a recibirlos, dígaselo a la mesa de ayuda.",
    },
}
# Whose link is none has no language.
NO_LINK_TITLE = "This link does not work · Este enlace no funciona"
NO_LINK = {
    "en": "Copy all of it, or take the one of a newer message.",
    "es": "Cópielo entero, o use el de un mensaje más reciente.",
}
