import{$a as t,bb as e}from"./chunk-YGW6L6VE.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
