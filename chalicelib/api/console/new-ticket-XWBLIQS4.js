import{S as e,a as t}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
