import{ja as e,la as t}from"./chunk-DRBH7T5H.js";function u(){return e(t,{title:"Queue",children:"\u2026"})}export{u as default};
