import{ja as o,la as e}from"./chunk-DRBH7T5H.js";function f(){return o(e,{title:"Webhooks",children:"\u2026"})}export{f as default};
