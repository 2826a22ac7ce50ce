// Starts whichever of the two viewers the page has loaded. A file of its own, so that no script stands in a page.
"use strict";

(function () {
  var swagger = document.getElementById("swagger-ui");
  var redoc = document.getElementById("redoc");

  if (swagger) {
    SwaggerUIBundle({
      domNode: swagger,
      url: swagger.dataset.document,
      deepLinking: true,
      displayRequestDuration: true,
      filter: true,
      persistAuthorization: false,
      tryItOutEnabled: true,
      validatorUrl: null,
    });
  }

  if (redoc) {
    // Redoc makes its styles at run time, and the page's nonce lets them in; those of its scrollbars have no nonce.
    Redoc.init(
      redoc.dataset.document,
      { nonce: redoc.dataset.nonce, nativeScrollbars: true, requiredPropsFirst: true },
      redoc
    );
  }
})();
