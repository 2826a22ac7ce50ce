import{Aa as t,Ca as e}from"./chunk-XPZEU65A.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
