import{b as p}from"./chunk-6NMXGDXT.js";import"./chunk-HO64WSK3.js";import"./chunk-AOOQ5BZU.js";import{cc as o,d as m}from"./chunk-DWMR6YBG.js";m(o(p,{}),document.getElementById("app"));
