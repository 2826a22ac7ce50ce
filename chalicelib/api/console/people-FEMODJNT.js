import{ja as e,la as o}from"./chunk-DRBH7T5H.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
