import{J as o,L as e}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function f(){return o(e,{title:"Webhook",children:"\u2026"})}export{f as default};
