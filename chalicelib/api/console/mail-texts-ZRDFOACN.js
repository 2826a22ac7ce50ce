import{ja as t,la as e}from"./chunk-DRBH7T5H.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
