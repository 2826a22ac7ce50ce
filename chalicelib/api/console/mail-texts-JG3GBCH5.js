import{ra as t,ta as e}from"./chunk-XHQAQYTL.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
