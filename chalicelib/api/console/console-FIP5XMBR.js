import{b as p}from"./chunk-3IFV3NSZ.js";import"./chunk-W6OBYTUI.js";import"./chunk-OP7UYWZR.js";import{cc as o,d as m}from"./chunk-ZOVKGRNL.js";m(o(p,{}),document.getElementById("app"));
