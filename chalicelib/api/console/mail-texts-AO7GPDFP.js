import{$a as e,Za as t}from"./chunk-PPOHRCTQ.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
