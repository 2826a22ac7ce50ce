// Makes the pages for people without an account a little easier; they do without it. A form is sent once, what a type
// asks for is asked at once, and a page around hears how high this one is.
"use strict";

(function () {
  var forms = document.querySelectorAll("form");
  var type = document.querySelector("select[name=type]");

  forms.forEach(function (form) {
    form.addEventListener("submit", function () {
      form.querySelector("button").disabled = true;
    });
  });
  // Who comes back to a page finds it as it was, with the button.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form button").forEach(function (button) {
      button.disabled = false;
    });
  });

  function ask() {
    document.querySelectorAll("[data-required-for]").forEach(function (field) {
      var isNeeded = field.dataset.requiredFor.split(" ").includes(type.value);
      var input = field.querySelector("input:not([type=checkbox]), select, textarea");
      var optional = field.querySelector(".optional");
      if (input) {
        input.required = isNeeded;
      }
      if (optional) {
        optional.hidden = isNeeded;
      }
    });
  }

  if (type) {
    type.addEventListener("change", ask);
    ask();
  }

  function tell() {
    var height = document.documentElement.getBoundingClientRect().height;
    window.parent.postMessage({ type: "mesa-form-height", height: Math.ceil(height) }, "*");
  }

  if (window.parent !== window) {
    document.documentElement.classList.add("within");
    new ResizeObserver(tell).observe(document.documentElement);
  }
})();
