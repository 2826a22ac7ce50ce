import{ja as t,la as e}from"./chunk-DRBH7T5H.js";function f(){return t(e,{title:"Ticket",children:"\u2026"})}export{f as default};
