import{ja as e,la as t}from"./chunk-DRBH7T5H.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
