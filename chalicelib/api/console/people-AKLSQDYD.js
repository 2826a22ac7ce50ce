import{J as e,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
