// Asks how the help was. The token stands behind the address's #; it goes to the API in bodies, and nothing is sent that
// rates before the button is pressed. All that comes from outside becomes text, never markup.
"use strict";

(function () {
  var WORDS = {
    en: {
      title: "How was our help?",
      score: "Choose a number",
      names: ["very bad", "bad", "all right", "good", "very good"],
      comment: "Do you want to add something? (optional)",
      send: "Send",
      change: "Change",
      thanks: "Thank you. Your answer has been kept.",
      until: "You can change it until {until}.",
      loading: "One moment…",
      missing: "Choose a number first.",
      unknown: "This link is not complete, or a later mail has replaced it. Copy all of it.",
      over: "This question is over: its time has passed, or the ticket has gone on since.",
      busy: "Too many attempts. Wait a moment and try again.",
      failed: "That did not work. Try again in a moment.",
    },
    es: {
      title: "¿Cómo fue nuestra ayuda?",
      score: "Elija un número",
      names: ["muy mala", "mala", "regular", "buena", "muy buena"],
      comment: "¿Quiere añadir algo? (opcional)",
      send: "Enviar",
      change: "Cambiar",
      thanks: "Gracias. Hemos guardado su respuesta.",
      until: "Puede cambiarla hasta el {until}.",
      loading: "Un momento…",
      missing: "Elija primero un número.",
      unknown: "Este enlace no está completo, o un mensaje posterior lo reemplazó. Cópielo entero.",
      over: "Esta pregunta ya terminó: pasó su plazo, o la solicitud siguió adelante.",
      busy: "Demasiados intentos. Espere un momento e inténtelo de nuevo.",
      failed: "No funcionó. Inténtelo de nuevo en un momento.",
    },
  };
  var page = document.getElementById("rate");
  var given = new URLSearchParams(location.hash.slice(1));
  var token = given.get("token") || "";
  var language = /^es\b/i.test(navigator.language || "") ? "es" : "en";

  function say(name) {
    return WORDS[language][name];
  }

  function make(tag, properties, children) {
    var made = Object.assign(document.createElement(tag), properties);
    (children || []).forEach(function (child) {
      made.append(child);
    });
    return made;
  }

  function show(children) {
    document.documentElement.lang = language;
    document.title = say("title");
    page.replaceChildren.apply(page, children);
  }

  function call(path, body) {
    return fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
    }).then(function (reply) {
      if (!reply.ok) {
        throw reply.status;
      }
      return reply.json();
    });
  }

  function sentence(status) {
    if (status === 404 || status === 422) {
      return say("unknown");
    }
    return say(status === 410 ? "over" : status === 429 ? "busy" : "failed");
  }

  function head(asked) {
    var brand = asked.workspace.branding;
    var parts = [];
    if (brand.color) {
      page.style.setProperty("--brand", brand.color);
    }
    if (brand.logo_url) {
      var logo = { className: "logo", alt: asked.workspace.name, referrerPolicy: "no-referrer", src: brand.logo_url };
      parts.push(make("img", logo));
    } else {
      parts.push(make("p", { textContent: asked.workspace.name }));
    }
    parts.push(make("h1", { textContent: say("title") }));
    parts.push(make("p", { className: "ticket", textContent: asked.label + " · " + asked.subject }));
    return parts;
  }

  function until(asked) {
    var day = new Date(asked.open_until).toLocaleDateString(language, { dateStyle: "long" });
    return make("p", { className: "until", textContent: say("until").replace("{until}", day) });
  }

  function form(asked, chosen) {
    var status = make("p", { role: "status" });
    var comment = make("textarea", { rows: 5, maxLength: 2000, value: asked.comment || "" });
    var button = make("button", { type: "submit", textContent: say("send") });
    var scores = say("names").map(function (name, place) {
      var input = make("input", { type: "radio", name: "score", value: String(place + 1), checked: place + 1 === chosen });
      input.setAttribute("aria-label", place + 1 + ", " + name);
      return make("label", { title: name }, [input, String(place + 1)]);
    });
    var ends = make("p", { className: "ends", ariaHidden: "true" }, [
      make("span", { textContent: "1 = " + say("names")[0] }),
      make("span", { textContent: "5 = " + say("names")[4] }),
    ]);
    var whole = make("form", {}, [
      make("fieldset", {}, [make("legend", { textContent: say("score") }), make("div", { className: "scores" }, scores), ends]),
      make("label", { className: "comment" }, [say("comment"), comment]),
      button,
      status,
    ]);
    whole.addEventListener("submit", function (event) {
      var score = whole.querySelector("input:checked");
      event.preventDefault();
      if (!score) {
        status.textContent = say("missing");
        return;
      }
      button.disabled = true;
      status.textContent = say("loading");
      call("v1/ratings", { token: token, score: Number(score.value), comment: comment.value.trim() || null }).then(
        thank,
        function (problem) {
          button.disabled = false;
          status.textContent = sentence(problem);
        }
      );
    });
    show(head(asked).concat(whole));
  }

  function thank(asked) {
    var again = make("button", { type: "button", textContent: say("change") });
    var name = say("names")[asked.score - 1];
    again.addEventListener("click", function () {
      form(asked, asked.score);
    });
    show(
      head(asked).concat(
        make("p", { role: "status", textContent: say("thanks") }),
        make("p", { className: "said", textContent: asked.score + " · " + name }),
        asked.comment ? make("p", { className: "said", textContent: asked.comment }) : "",
        until(asked),
        again
      )
    );
  }

  show([make("p", { role: "status", textContent: say("loading") })]);
  call("v1/ratings/look-up", { token: token }).then(
    function (asked) {
      language = asked.workspace.language in WORDS ? asked.workspace.language : "en";
      form(asked, Number(given.get("score")) || asked.score);
    },
    function (problem) {
      show([make("h1", { textContent: say("title") }), make("p", { role: "status", textContent: sentence(problem) })]);
    }
  );
})();
