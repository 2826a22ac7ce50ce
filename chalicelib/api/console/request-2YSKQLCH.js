import{ja as e,la as t}from"./chunk-DRBH7T5H.js";function f(){return e(t,{title:"Request",children:"\u2026"})}export{f as default};
