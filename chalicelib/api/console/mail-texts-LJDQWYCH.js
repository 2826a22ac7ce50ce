import{lb as t,nb as e}from"./chunk-X3ZK6FCR.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
