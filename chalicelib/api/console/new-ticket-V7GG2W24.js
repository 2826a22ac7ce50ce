import{ja as t,la as e}from"./chunk-DRBH7T5H.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
