import{ja as t,la as o}from"./chunk-DRBH7T5H.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
