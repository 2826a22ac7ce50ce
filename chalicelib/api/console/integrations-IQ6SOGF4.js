import{ja as t,la as e}from"./chunk-DRBH7T5H.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
