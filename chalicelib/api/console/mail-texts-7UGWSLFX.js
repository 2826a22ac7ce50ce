import{ab as t,cb as e}from"./chunk-QKDOG3YL.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
