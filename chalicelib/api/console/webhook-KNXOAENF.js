import{S as e,a as o}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function f(){return o(e,{title:"Webhook",children:"\u2026"})}export{f as default};
