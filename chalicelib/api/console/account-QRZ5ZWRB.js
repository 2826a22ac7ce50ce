import{J as t,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
