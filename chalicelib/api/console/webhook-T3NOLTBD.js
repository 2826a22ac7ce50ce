import{R as e,a as o}from"./chunk-ZOEILQPV.js";import"./chunk-2WTMYVGC.js";function f(){return o(e,{title:"Webhook",children:"\u2026"})}export{f as default};
