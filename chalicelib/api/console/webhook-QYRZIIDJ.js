import{ra as o,ta as e}from"./chunk-XHQAQYTL.js";function f(){return o(e,{title:"Webhook",children:"\u2026"})}export{f as default};
