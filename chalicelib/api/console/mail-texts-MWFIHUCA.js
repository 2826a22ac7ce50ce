import{Xa as t,Za as e}from"./chunk-YFHVTJRJ.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
