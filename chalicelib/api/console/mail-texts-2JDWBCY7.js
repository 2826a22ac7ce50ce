import{nb as t,pb as e}from"./chunk-S2X5UH6H.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
