import{S as o,a as t}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
