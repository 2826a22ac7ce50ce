import{S as o,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
