import{J as e,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function u(){return e(t,{title:"Queue",children:"\u2026"})}export{u as default};
