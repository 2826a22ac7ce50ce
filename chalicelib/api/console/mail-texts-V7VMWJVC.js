import{Ba as t,Da as e}from"./chunk-O6YUUWLO.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
