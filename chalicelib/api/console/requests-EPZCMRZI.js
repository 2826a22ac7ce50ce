import{J as e,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function f(){return e(t,{title:"Requests",children:"\u2026"})}export{f as default};
