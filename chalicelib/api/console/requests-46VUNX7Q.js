import{S as t,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function f(){return e(t,{title:"Requests",children:"\u2026"})}export{f as default};
